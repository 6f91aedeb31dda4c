/** Addresses of files that Vite puts beside the pages. */
declare module '*.png' {
  const address: string;
  export default address;
}
declare module '*.css';
