# Parley in a container.
#
#   docker build -t parley .
#   docker run --rm --network host -e PARLEY_MEDIA_ANNOUNCED_ADDRESS=<public address> -v parley:/data parley
#
# Ports: 3000 TCP for pages and signalling, plain HTTP. Browsers give the camera only to secure pages,
# so put a reverse proxy with a certificate in front and set PARLEY_HTTP_TRUSTPROXY=1. 40000 to
# 40003, UDP and TCP, for media, one for each worker; browsers must reach them directly. They have to
# be the same numbers outside as inside, since browsers are told the numbers from inside.
#
# Volume: /data holds what Parley keeps. Settings: every key of config.example.json as a variable,
# PARLEY_<SECTION>_<KEY>.
#
# The base is named by its tag; docs/security.md says how to pin it by its digest.

# Debian 12 and not newer: the fallback build of the worker is proven there.
FROM node:26-bookworm-slim AS build
WORKDIR /parley
# The packages and the worker first: they change least and, where the official prebuilt worker
# cannot be had, take minutes to build.
COPY package.json package-lock.json .npmrc ./
COPY setup setup
RUN node setup/install.mjs
COPY shared shared
COPY web web
RUN npm run build
# Takes away what only building needs, and the Node of the packages, for the image has its own; the worker stays in place
# inside the package `mediasoup`.
RUN npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:26-bookworm-slim
# What a worker from the fallback build links to. The official prebuilt needs none of it; with these
# four in place either runs, and OpenSSL gets Debian's security updates.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libabsl20220623 libsrtp2-1 libssl3 libuv1 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /parley
COPY package.json ./
COPY --from=build /parley/node_modules node_modules
COPY --from=build /parley/web/build web/build
COPY shared shared
COPY sfu sfu
# /files is for nodes that share their files (compose.cluster.yaml).
RUN install -d -o node -g node /data /files
# Four workers whatever the number of cores, to go with the four media ports.
ENV NODE_ENV=production PARLEY_DATA_DIR=/data PARLEY_MEDIA_WORKERS=4
USER node
VOLUME /data
EXPOSE 3000/tcp 40000-40003/udp 40000-40003/tcp
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["node", "sfu/healthcheck.ts"]
CMD ["node", "sfu/main.ts"]
