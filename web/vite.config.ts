import { fileURLToPath } from 'node:url'
import optimizeLocales from '@react-aria/optimize-locales-plugin'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The server that "npm run dev" asks; the built pages ask the one that they come from.
const server = process.env.CLUSTO_SERVER ?? 'http://127.0.0.1:1162'

// What the first page needs is one file. The widgets that others share are another, and what is shared of the small
// rest a third: dozens of files of one kB each compress badly.
const chunks = [
  { name: 'first', tags: ['$initial' as const], priority: 2 },
  { name: 'widgets', test: /react-aria|react-stately|internationalized|tanstack.(react-)?virtual/, minShareCount: 2, priority: 1 },
  { name: 'small', test: /lucide-react.*icons.(?!lock)|query|src.api/, minShareCount: 2 },
]

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: 'react',
      autoCodeSplitting: true,
      routesDirectory: 'src/routes',
      generatedRouteTree: 'src/routes_gen.ts',
      quoteStyle: 'single',
    }),
    react(),
    // The pages are in English; the widgets bring their texts in thirty languages.
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  server: { host: '127.0.0.1', proxy: { '/api': server, '/readyz': server, '/healthz': server } },
  build: {
    outDir: fileURLToPath(new URL('../internal/webui/dist', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or fonts
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
})
