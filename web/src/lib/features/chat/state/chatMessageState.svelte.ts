import type { Message } from '#shared/chat.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Delivery, Outgoing } from '../engine/model.ts';
import type { MessageView } from './chatView.ts';

const sent: Delivery = { kind: 'sent' };

/**
 * One message, from its writing on. The object stays when the message is stored or changed, so that nothing else is
 * rendered again.
 */
export class ChatMessageState implements MessageView {
	readonly messageId: MessageId;
	readonly mine: boolean;
	#message: Message | Outgoing;

	constructor(message: Message | Outgoing, mine: boolean) {
		this.messageId = message.messageId;
		this.mine = mine;
		this.#message = $state.raw(message);
	}

	get seq() {
		return this.#message.seq;
	}
	get author() {
		return this.#message.author;
	}
	get sentAt() {
		return this.#message.sentAt;
	}
	get content() {
		return this.#message.content;
	}
	get replyTo() {
		return this.#message.replyTo;
	}
	get reactions() {
		return this.#message.reactions;
	}
	get corrections() {
		return this.#message.corrections;
	}
	get delivery() {
		return 'delivery' in this.#message ? this.#message.delivery : sent;
	}

	update(message: Message | Outgoing): void {
		this.#message = message;
	}
}
