/** Linux, include/uapi/asm-generic/fcntl.h. Node does not name it. */
export const O_PATH = 0o10000000

/** The path of what a descriptor is open on, `O_PATH` included; a symbolic link that it is open on is not followed. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`
}
