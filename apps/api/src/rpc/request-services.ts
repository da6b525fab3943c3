// The services of one request. They are those of the server, except that the messages to the database are counted and traced
// for the request. Each is created when it is used.
//
// This file casts types, because a class whose prototype chain ends in a given object has no type of its own.
import type { Db } from "@projostack/db";
import type { RequestRecord } from "../observe/request-record.ts";
import type { Services } from "./services.ts";

type RequestServices = new (record: RequestRecord) => Services;

const classes = new WeakMap<Services, RequestServices>();

export function requestServices(services: Services, record: RequestRecord): Services {
  let RequestServices = classes.get(services);
  if (!RequestServices) classes.set(services, (RequestServices = classFor(services)));
  return new RequestServices(record);
}

function classFor(services: Services): RequestServices {
  class ObservedServices {
    readonly #record: RequestRecord;
    #db: Db | undefined;
    #sessions: Services["sessions"] | undefined;

    constructor(record: RequestRecord) {
      this.#record = record;
    }

    get db(): Db {
      return (this.#db ??= services.db.observedBy(this.#record));
    }

    get sessions(): Services["sessions"] {
      return (this.#sessions ??= services.sessions.over(this.db));
    }

    get cookieSessions(): Services["cookieSessions"] {
      return services.cookieSessions.over(this.db);
    }

    get serviceKeys(): Services["serviceKeys"] {
      return services.serviceKeys.over(this.db);
    }
  }
  Object.setPrototypeOf(ObservedServices.prototype, services);
  return ObservedServices as unknown as RequestServices;
}
