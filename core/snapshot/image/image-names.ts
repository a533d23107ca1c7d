/** What the folder of a disk holds. */
export const DISK_DOCUMENT = Buffer.from('disk.json')
export const DESCRIPTOR = Buffer.from('disk.vmdk')
export const EXTENTS = Buffer.from('extents')
/** Each extent is called so in a folder of its own: extents of nothing but zeros then have one tree. */
export const EXTENT_FILE = Buffer.from('flat.vmdk')

/** The folder of an extent. Extents count from 0, folders from 1. */
export function extentFolder(extent: number): Buffer {
  return Buffer.from(String(extent + 1).padStart(4, '0'))
}

/**
 * The path that a snapshot says to be of, where it is of a disk of this name: what lies in it. The folder alone would be
 * taken for a folder of the host that is called the same.
 */
export function diskPath(name: string): string {
  return `/${name}/${DESCRIPTOR.toString()}`
}
