/** The shader files, by their path under shaders/. No other module imports them. */
const files: Record<string, string> = import.meta.glob('../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The text of a shader file, such as `cells/rnn.wgsl`. */
export function shaderText(path: string): string {
  const text = files[`../../shaders/${path}`];
  if (text === undefined) throw new Error(`There is no shader file ${path}.`);
  return text;
}
