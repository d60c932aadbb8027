/** Keep what the service answered as a file, under the name it gave. */
export function saveFile(body: Blob, { headers }: Response): void {
  const named = /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(body);
  link.download = named?.[1] ?? 'nonsite';
  link.click();
  URL.revokeObjectURL(link.href);
}
