/**
 * What the build of the worker does to mediasoup's sources, beside replacing their subprojects with
 * the ones in this folder. A change in this folder makes every cached worker out of date.
 */

/** Lines that have to change. The build stops when one of them is not there exactly once. */
export const patches = [
  {
    // Debian 12 has meson 1.0.1, which builds this file just as well.
    file: 'meson.build',
    expected: "meson_version: '>= 1.1.0'",
    replacement: "meson_version: '>= 1.0.0'",
  },
  {
    // For BIO_CB_CTRL | BIO_CB_RETURN the original answers 1 instead of the result. Debian's libssl
    // has kernel TLS compiled in: it asks the BIO for it, takes the 1 for a yes, allocates no write
    // buffer and crashes at the first DTLS handshake.
    file: 'src/RTC/DtlsTransport.cpp',
    expected: '(operationType == BIO_CB_RETURN)',
    replacement: '((operationType & BIO_CB_RETURN) != 0)',
  },
];

export const mesonOptions = ['--buildtype=release', '-Db_ndebug=true', '--wrap-mode=nodownload'];
