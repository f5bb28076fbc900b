import { draw, type Scene } from './draw'

/** Gives somebody a file. */
export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name.replaceAll('/', '-')
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** The longest side of a picture, in pixels: browsers draw no larger ones. */
const longest = 8000

/** Returns all of a graph as a PNG. */
export async function pngOf(scene: Scene): Promise<Blob> {
  const margin = 24
  const width = scene.layout.width + 2 * margin, height = scene.layout.height + 2 * margin
  const scale = Math.min(2, longest / width, longest / height)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  draw(canvas.getContext('2d')!, canvas, { x: -margin, y: -margin, scale }, { ...scene, selected: -1 })
  return new Promise((resolve, reject) => canvas.toBlob(file => (file ? resolve(file) : reject(new Error('This browser cannot make so large a picture.')))))
}
