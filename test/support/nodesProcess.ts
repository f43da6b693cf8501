import { Balancer } from './balancer.ts';
import { ServiceCluster } from './cluster.ts';

/*
 * A service of `PARLEY_TEST_NODES` nodes behind a load balancer on the port `NODES_PORT`. Each node has the settings that
 * `NODES_SETTINGS` names as JSON. SIGTERM ends all of it.
 */

const { PARLEY_TEST_NODES = '3', NODES_PORT, NODES_SETTINGS = '{}' } = process.env;
const settings = JSON.parse(NODES_SETTINGS) as Record<string, string>;
const cluster = await ServiceCluster.start();
for (let number = 1; number <= Number(PARLEY_TEST_NODES); number++)
	await cluster.add(`node-${number}`, settings);
const balancer = await Balancer.before(
	() => cluster.nodes.map(({ url }) => Number(new URL(url).port)),
	Number(NODES_PORT),
);
const end = async () => {
	await balancer.close();
	await cluster.close();
	process.exit(0);
};
process.once('SIGTERM', () => void end());
