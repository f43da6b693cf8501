declare const globalThis: { self: ServiceWorkerGlobalScope };

/** This service worker. */
export const { self } = globalThis;
