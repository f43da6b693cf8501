import type { Ask } from '#lib/connection/signalClient.ts';
import type { Transports } from '../media/transports.ts';
import { IceWatch } from './iceWatch.ts';
import { watchQuiet } from './quietWatch.ts';

/** How long the server may take to answer that ICE restarts, before the connection to it counts as lost too, in ms. */
const patience = 1500;
/** Between two connections that are given up so, in ms, unless one answered in time: a slow one must not be given up again and again. */
const betweenRenewals = 15_000;

type Needs = {
	ask: Ask;
	/** Makes a new connection to the server: the present one is silent. */
	renew: () => void;
	/** What receives in the browser, of that which should come now. */
	receivers: () => RTCRtpReceiver[];
};

/** Keeps the two paths of media going: where one is lost, ICE is restarted until it is back. */
export class PathWatch {
	readonly #watches: IceWatch[];
	/** When a silent connection was given up, in ms since the page began. */
	#renewed = -betweenRenewals;
	readonly #endQuietWatch: () => void;

	constructor({ send, recv }: Pick<Transports, 'send' | 'recv'>, needs: Needs) {
		const { ask, renew, receivers } = needs;
		const giveUp = () => {
			const now = performance.now();
			if (now - this.#renewed < betweenRenewals) return;
			this.#renewed = now;
			renew();
		};
		this.#watches = [send, recv].map(
			(transport) =>
				new IceWatch(transport, async () => {
					let late = false;
					const unanswered = setTimeout(() => {
						late = true;
						giveUp();
					}, patience);
					const answer = ask('media:restart-ice', { direction: transport.direction });
					const { iceParameters, iceServers } = await answer.finally(() =>
						clearTimeout(unanswered),
					);
					if (!late) this.#renewed = -betweenRenewals;
					await transport.updateIceServers({ iceServers });
					await transport.restartIce({ iceParameters });
				}),
		);
		this.#endQuietWatch = watchQuiet(receivers, () => {
			// Both go over the same network.
			for (const watch of this.#watches) watch.suspect();
		});
	}

	/** The server can be asked again: a path may have been lost meanwhile. */
	check(): void {
		for (const watch of this.#watches) watch.check();
	}

	close(): void {
		this.#endQuietWatch();
		for (const watch of this.#watches) watch.close();
	}
}
