# Two stages: everything is built with the tools of development, and what runs is what is left without them.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sdk/package.json sdk/
COPY sdk/cli/earshot.mjs sdk/cli/
COPY console/package.json console/
# Without scripts: `prepare` would build before the sources are there, and the image brings its own Node.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
# Optional are PostgreSQL's programs; here DATABASE_URL names a server.
RUN npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
# ffmpeg makes waveforms and playback copies; prlimit, which bounds it, is in the image already.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/sdk/package.json sdk/
COPY --from=build /app/sdk/cli/earshot.mjs sdk/cli/
COPY --from=build /app/sdk/dist sdk/dist
COPY --from=build /app/console/package.json console/
COPY --from=build /app/console/dist console/dist
RUN install --directory --owner=node --group=node --mode=0750 /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 EARSHOT_DATA_DIR=/data
VOLUME /data
EXPOSE 4000
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# What `npm start` runs.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "--max-old-space-size=1024", "--incremental-marking-soft-trigger=70", "--incremental-marking-hard-trigger=90", "dist/server/main.js"]
