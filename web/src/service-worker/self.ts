declare const globalThis: { self: ServiceWorkerGlobalScope };

/** This service worker. */
export const { self } = globalThis;

/** The address of a path of the service, such as "/people": below the same path as this file. */
export const addressOf = (path: string): string => new URL(`.${path}`, self.location.href).pathname;
