import { Balancer } from '../support/balancer.ts';
import { expect, test } from '../support/browser.ts';
import { ServiceCluster } from '../support/cluster.ts';

let cluster: ServiceCluster;
let balancer: Balancer;
test.beforeAll(async () => {
	cluster = await ServiceCluster.start('a', 'b');
	balancer = await Balancer.before(() => cluster.nodes.map(({ url }) => Number(new URL(url).port)));
});
test.afterAll(async () => {
	await balancer.close();
	await cluster.close();
});

test('people on several nodes see each other, and go on while one node after the other is replaced', async ({
	person,
	roomId,
}) => {
	const [ana, bo] = [
		await person('Ana', { baseURL: balancer.url }),
		await person('Bo', { baseURL: balancer.url }),
	];
	await ana.toLobby(roomId);
	await ana.join();
	// From a page that is connected with some node already.
	await bo.page.goto('/');
	await bo.page.getByRole('textbox', { name: 'Room link or code' }).fill(roomId);
	await bo.page.getByRole('button', { name: 'Join' }).click();
	await bo.page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
	await expect(bo.page.getByText('1 person is in the room')).toBeVisible();
	await bo.join();
	await ana.seesMoving('Bo');
	await bo.seesMoving('Ana');

	await cluster.add('c');
	for (const number of [0, 1]) {
		await cluster.node(number).stop();
		await ana.seesMoving('Bo');
		await bo.seesMoving('Ana');
	}
	await expect(ana.page.getByTestId('tile')).toHaveCount(2);
});
