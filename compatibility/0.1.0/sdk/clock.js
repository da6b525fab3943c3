import { platform } from "./platform.js";
export const systemClock = {
    now: () => Date.now(),
    random: () => Math.random(),
    newId: () => {
        const { crypto } = platform();
        if (crypto?.randomUUID)
            return crypto.randomUUID();
        // Browsers have no randomUUID on a page without https. Where there is no Web Crypto at all, Math.random makes a unique id.
        const randomByte = () => crypto?.getRandomValues?.(new Uint8Array(1))[0] ?? Math.random() * 256;
        return "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx".replace(/x/g, () => (randomByte() & 15).toString(16));
    },
};
