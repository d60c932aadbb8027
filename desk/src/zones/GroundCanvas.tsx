/** Points of the ground on the camera's picture, with the metres they make drawn over it. */
import { useRef, useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { GroundPoint, View } from './content';
import { ARROWS, FAR, STEP, inside } from './geometry';
import type { Point } from './geometry';

interface Props {
  picture: string | null;
  zones: View['zones'];
  points: readonly GroundPoint[];
  grid: Schemas['ShownGround']['grid'];
  isEditable: boolean;
  onPlaced: (at: Point) => void;
  onMoved: (place: number, to: Point) => void;
}

export function GroundCanvas({ picture, zones, points, grid, ...props }: Props) {
  const { t } = useLanguage();
  const drawing = useRef<SVGSVGElement>(null);
  const [[width, height], setSize] = useState<readonly [number, number]>([1600, 900]);
  const [dragged, setDragged] = useState<{ place: number; at: Point } | null>(null);
  const pointAt = (event: { clientX: number; clientY: number }): Point => {
    const box = drawing.current?.getBoundingClientRect();
    if (box === undefined) return [0, 0];
    return inside([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  };
  const outline = (corners: readonly Point[]) =>
    corners.map(([x, y]) => `${String(x * width)},${String(y * height)}`).join(' ');
  if (picture === null) {
    return (
      <div className="canvas">
        <div className="canvas-none">{t('camera.nolook')}</div>
      </div>
    );
  }
  return (
    <div className="canvas">
      <img
        src={picture}
        alt={t('zone.picture')}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
          if (naturalWidth > 0) setSize([naturalWidth, naturalHeight]);
        }}
      />
      <svg
        ref={drawing}
        className={props.isEditable ? 'canvas-drawing' : ''}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        preserveAspectRatio="none"
        onClick={(event) => {
          if (event.target === event.currentTarget) props.onPlaced(pointAt(event));
        }}
        onPointerMove={(event) => {
          if (dragged !== null) setDragged({ ...dragged, at: pointAt(event) });
        }}
        onPointerUp={() => {
          if (dragged !== null) props.onMoved(dragged.place, dragged.at);
          setDragged(null);
        }}
      >
        <g className="ground-under">
          {Object.entries(zones).map(([name, zone]) => (
            <polygon key={name} points={outline(zone.points)} />
          ))}
          {grid.map((line) => (
            <polyline key={line.flat().join(' ')} points={outline(line)} />
          ))}
        </g>
        {points.map((point, place) => (
          <Mark
            key={`point ${String(place)}`}
            place={place}
            at={dragged?.place === place ? dragged.at : point.picture}
            size={[width, height]}
            isEditable={props.isEditable}
            onGrab={() => {
              setDragged({ place, at: point.picture });
            }}
            onMoved={(to) => {
              props.onMoved(place, to);
            }}
          />
        ))}
      </svg>
    </div>
  );
}

interface MarkProps {
  place: number;
  at: Point;
  size: readonly [number, number];
  isEditable: boolean;
  onGrab: () => void;
  onMoved: (to: Point) => void;
}

function Mark({ place, at, size: [width, height], isEditable, onGrab, onMoved }: MarkProps) {
  const { t } = useLanguage();
  const [x, y] = [at[0] * width, at[1] * height];
  return (
    <g className="ground-mark">
      <circle
        className="canvas-corner"
        role="button"
        tabIndex={isEditable ? 0 : -1}
        aria-label={t('ground.point', { n: place + 1 })}
        cx={x}
        cy={y}
        r={width / 120}
        onPointerDown={(event) => {
          if (!isEditable) return;
          event.preventDefault();
          event.currentTarget.focus();
          onGrab();
        }}
        onKeyDown={(event) => {
          const arrow = ARROWS[event.key];
          if (!isEditable || arrow === undefined) return;
          const by = event.shiftKey ? FAR : STEP;
          onMoved(inside([at[0] + arrow[0] * by, at[1] + arrow[1] * by]));
          event.preventDefault();
        }}
      />
      <text x={x + width / 80} y={y - height / 80} fontSize={height / 34}>
        {place + 1}
      </text>
    </g>
  );
}
