/**
 * SHA-256 of the archives of the mediasoup worker, by mediasoup's version and the archive's name. A release of Parley
 * fills in what its maintainers downloaded and checked; an archive that is not listed is taken as HTTPS brings it.
 *
 * @type {Record<string, Record<string, string>>}
 */
export const workerChecksums = {};
