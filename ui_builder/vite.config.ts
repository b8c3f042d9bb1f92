/** Builds one script and one stylesheet, named by their content, and the icons the server draws. */
import { copyFileSync, mkdirSync } from "node:fs"
import { defineConfig } from "vite"

export default defineConfig({
  base: "/assets/",
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    modulePreload: false,
    rollupOptions: { input: "elements/main.ts" },
  },
  plugins: [
    {
      name: "icons",
      closeBundle() {
        mkdirSync("dist", { recursive: true })
        copyFileSync("node_modules/lucide-static/icon-nodes.json", "dist/icons.json")
      },
    },
  ],
})
