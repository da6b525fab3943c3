export function createPlaceQueue(places) {
    let free = places;
    const waiting = [];
    const leave = () => {
        for (let next = waiting.shift(); next; next = waiting.shift())
            if (!next.end.signal.aborted)
                return next.enter();
        free += 1;
    };
    return {
        enter: async (end) => {
            if (free > 0) {
                free -= 1;
                return leave;
            }
            const entered = new Promise((enter) => waiting.push({ end, enter }));
            return await end.within(entered).then(() => leave, (error) => {
                // The call may get its place in the moment in which it ends.
                void entered.then(leave);
                throw error;
            });
        },
    };
}
