import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // elements are made one by one: nothing of the page is ever parsed from a string, so that no Trusted Types policy is needed
    fragments: "tree",
  },
};
