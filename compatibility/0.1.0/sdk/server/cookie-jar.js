// The cookies of a request and of its response, as frameworks offer them: `cookies()` of Next.js, `event.cookies` of SvelteKit,
// `Astro.cookies`, `request.cookies` of Bun.
export {};
