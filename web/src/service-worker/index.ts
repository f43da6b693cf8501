import { cleanFiles, fileOf, isFile } from './files.ts';
import { answerNotification, showNotice } from './notices.ts';
import { pageOf } from './unreachable.ts';
import { self } from './self.ts';

self.addEventListener('install', (event) => {
	// An older one must not decide what pages of this build get.
	event.waitUntil(self.skipWaiting());
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		Promise.all([
			cleanFiles(),
			// The request of a page goes out while the service worker starts.
			self.registration.navigationPreload?.enable(),
		]),
	);
});

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== 'GET' || origin !== self.location.origin) return;
	if (request.mode === 'navigate') event.respondWith(pageOf(event));
	else if (isFile(pathname)) event.respondWith(fileOf(request));
});

self.addEventListener('push', (event) => event.waitUntil(showNotice(event.data)));

self.addEventListener('notificationclick', (event) => event.waitUntil(answerNotification(event)));
