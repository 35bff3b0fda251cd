import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const GATEWAY = 'http://127.0.0.1:4000';

export default defineConfig({
  // The gateway serves index.html at / and everything else below /console/.
  base: '/console/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: 'build',
    target: 'es2022',
    // No data: URLs for fonts and images: the content security policy stays narrow.
    assetsInlineLimit: 0,
    // The editor is one large chunk by nature.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      onLog(level, log, report) {
        // "use no memo" speaks to a compiler that does not run here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') {
          report(level, log);
        }
      },
    },
  },
  server: { proxy: { '/graphql': GATEWAY, '/console/config.json': GATEWAY } },
});
