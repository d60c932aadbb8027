/**
 * Photos as the service takes them: JPEG or PNG of at most 8 MB.
 *
 * What fits is kept as the camera made it, byte for byte; what is larger or of another kind is
 * drawn again as a JPEG.
 */

const MOST_BYTES = 4_000_000; // of a bad network; the service takes 8 MiB
const LONGEST_PX = 3_000;
const TAKEN = new Set(['image/jpeg', 'image/png']);

/** A photo that can be sent. Throws when the phone cannot read it. */
export async function sendable(photo: File): Promise<Blob> {
  if (TAKEN.has(photo.type) && photo.size <= MOST_BYTES) return photo;
  const picture = await createImageBitmap(photo);
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (small) => {
        if (small) resolve(small);
        else reject(new Error('the photo could not be drawn'));
      },
      'image/jpeg',
      0.85,
    );
  });
}
