/** Addresses that open a map at a point, as the phone at hand understands them. */

export interface Point {
  /** WGS-84, degrees. */
  lat: number;
  lon: number;
  name: string;
}

/** What one needs to know of a browser. */
export interface Phone {
  userAgent: string;
  maxTouchPoints: number;
}

/** The phone's own maps: iPhones know no `geo:`, Android asks which app shall open it. */
export function ownMap(point: Point, phone: Phone): string {
  const { lat, lon } = point;
  const name = encodeURIComponent(point.name);
  const isApple =
    /iPhone|iPad|iPod/.test(phone.userAgent) ||
    (phone.userAgent.includes('Macintosh') && phone.maxTouchPoints > 1);
  if (isApple) return `https://maps.apple.com/?daddr=${String(lat)},${String(lon)}&q=${name}`;
  if (phone.userAgent.includes('Android')) {
    return `geo:${String(lat)},${String(lon)}?q=${String(lat)},${String(lon)}(${name})`;
  }
  return amap(point);
}

/** 高德地图, in its app or in the browser; it is told that the point is WGS-84, not GCJ-02. */
export function amap({ lat, lon, name }: Point): string {
  const to = `${String(lon)},${String(lat)},${encodeURIComponent(name)}`;
  return `https://uri.amap.com/navigation?to=${to}&mode=car&coordinate=wgs84&callnative=1`;
}

/** The point as people copy it into a map of their own. */
export function written({ lat, lon }: Point): string {
  return `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
}
