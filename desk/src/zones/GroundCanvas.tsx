/** Marks of the ground on the camera's picture, with the metres they make drawn over it. */
import { useRef, useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { View } from './content';
import { ARROWS, FAR, STEP, inside } from './geometry';
import type { Point } from './geometry';

/** Something on the picture that can be dragged or nudged. */
export interface GroundMark {
  at: Point;
  /** For whoever does not see it. */
  label: string;
  /** Beside it; empty: nothing. */
  text: string;
}

interface Props {
  picture: string | null;
  zones: View['zones'];
  marks: readonly GroundMark[];
  /** Of a person from feet to head. */
  bodies?: readonly (readonly [Point, Point])[];
  grid: Schemas['ShownGround']['grid'];
  isEditable: boolean;
  onPlaced: (at: Point) => void;
  onMoved: (place: number, to: Point) => void;
  /** Told once the picture is there: its width and height. */
  onSize?: (size: readonly [number, number]) => void;
}

export function GroundCanvas({ picture, zones, marks, bodies = [], grid, ...props }: Props) {
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
          if (naturalWidth === 0) return;
          setSize([naturalWidth, naturalHeight]);
          props.onSize?.([naturalWidth, naturalHeight]);
        }}
      />
      <svg
        ref={drawing}
        className={props.isEditable ? 'canvas-drawing' : ''}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        preserveAspectRatio="none"
        onClick={(event) => {
          if (props.isEditable && event.target === event.currentTarget) {
            props.onPlaced(pointAt(event));
          }
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
        {bodies.map((body, place) => (
          <polyline key={`body ${String(place)}`} className="ground-body" points={outline(body)} />
        ))}
        {marks.map((mark, place) => (
          <Mark
            key={`mark ${String(place)}`}
            mark={mark}
            at={dragged?.place === place ? dragged.at : mark.at}
            size={[width, height]}
            isEditable={props.isEditable}
            onGrab={() => {
              setDragged({ place, at: mark.at });
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
  mark: GroundMark;
  at: Point;
  size: readonly [number, number];
  isEditable: boolean;
  onGrab: () => void;
  onMoved: (to: Point) => void;
}

function Mark({ mark, at, size: [width, height], isEditable, onGrab, onMoved }: MarkProps) {
  const [x, y] = [at[0] * width, at[1] * height];
  return (
    <g className="ground-mark">
      <circle
        className="canvas-corner"
        role="button"
        tabIndex={isEditable ? 0 : -1}
        aria-label={mark.label}
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
        {mark.text}
      </text>
    </g>
  );
}
