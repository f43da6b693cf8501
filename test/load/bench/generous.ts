/**
 * Settings with which one address may do what those of many people do: the clients of a measurement all come from this
 * machine. What they cost is measured, not refused.
 */
export const generous = {
	PARLEY_LIMITS_WORKPERADDRESS: '10000000',
	PARLEY_LIMITS_REQUESTSPERADDRESS: '1000000',
	PARLEY_LIMITS_SOCKETSPERADDRESS: '100000',
	PARLEY_LIMITS_CONNECTIONSPERADDRESS: '100000',
	PARLEY_LIMITS_ROOMSPERADDRESS: '100000',
	PARLEY_ROOMS_MAXPEERS: '1000',
	PARLEY_MEDIA_LOBBYPEERS: '1000',
	PARLEY_LOG_LEVEL: 'error',
};
