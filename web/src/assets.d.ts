/** Files that the build puts beside the scripts, by their address. */
declare module '*?url' {
	const url: string;
	export default url;
}

/** As a file, however small it is. */
declare module '*?url&no-inline' {
	const url: string;
	export default url;
}
