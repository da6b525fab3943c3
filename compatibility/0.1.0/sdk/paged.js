import { needRecovery } from "./call/load-recovery.js";
import { resultOf } from "./started-call.js";
const MAX_LIMIT = 100;
export function paged(list) {
    return new LazyPages(list);
}
class LazyPages {
    #list;
    #first;
    constructor(list) {
        this.#list = list;
    }
    get [Symbol.toStringTag]() {
        return "Paged";
    }
    // oxlint-disable-next-line unicorn/no-thenable -- a Paged is meant to be awaited
    then(onPage, onError) {
        return this.#firstPage().then(onPage, onError);
    }
    catch(onError) {
        return this.#firstPage().catch(onError);
    }
    finally(onEnd) {
        return this.#firstPage().finally(onEnd);
    }
    withResponse() {
        return (this.#first ??= this.#list.fetchPage({}));
    }
    result() {
        return resultOf(this.#firstPage());
    }
    async *[Symbol.asyncIterator]() {
        for await (const page of this.pages())
            yield* page.items;
    }
    async *pages() {
        const { operation, hasLimit, fetchPage } = this.#list;
        const size = hasLimit ? {} : { limit: MAX_LIMIT };
        const { data } = await (this.#first ??= fetchPage(size));
        yield* (await needRecovery(operation)).walkPages(this.#list, data, size);
    }
    async all(options) {
        const { operation } = this.#list;
        return await (await needRecovery(operation)).allItems(operation, this.pages(), options);
    }
    async first() {
        const { data } = await (this.#first ?? this.#list.fetchPage({ limit: 1 }));
        return data.items[0];
    }
    async #firstPage() {
        return (await this.withResponse()).data;
    }
}
