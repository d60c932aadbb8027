/** Zones on the camera's picture: click to draw, drag a corner, arrows for a focused one. */
import { useRef, useState } from 'react';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import type { Zone } from './content';
import type { Corners, Point } from './geometry';
import { ARROWS, FAR, STEP, closes, inside, moved, snapped, split, without } from './geometry';

interface Props {
  picture: string | null;
  zones: Readonly<Record<string, Zone>>;
  chosen: string | null;
  isDrawing: boolean;
  isEditable: boolean;
  broken: ReadonlySet<string>;
  onChoose: (name: string) => void;
  onDrawn: (corners: Corners) => void;
  onCancel: () => void;
  onMoved: (name: string, corners: Corners) => void;
}

export function Canvas(props: Props) {
  const { picture, zones, chosen, isDrawing, onDrawn, onCancel } = props;
  const { t } = useLanguage();
  const drawing = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState<readonly [number, number]>([1600, 900]);
  const [drawn, setDrawn] = useState<Corners>([]);
  const [hover, setHover] = useState<Point | null>(null);
  const [dragged, setDragged] = useState<{ place: number; at: Point } | null>(null);
  const [width, height] = size;

  const others = Object.entries(zones)
    .filter(([name]) => name !== chosen || isDrawing)
    .map(([, zone]) => zone.points);
  const pointAt = (event: { clientX: number; clientY: number; altKey: boolean }): Point => {
    const box = drawing.current?.getBoundingClientRect();
    if (box === undefined) return [0, 0];
    const raw: Point = [
      (event.clientX - box.left) / box.width,
      (event.clientY - box.top) / box.height,
    ];
    return event.altKey ? inside(raw) : snapped(raw, others);
  };
  const finish = (corners: Corners) => {
    setDrawn([]);
    setHover(null);
    onDrawn(corners);
  };
  useKeys(
    {
      Enter: () => {
        if (drawn.length >= 3) finish(drawn);
      },
      Escape: () => {
        setDrawn([]);
        onCancel();
      },
      Backspace: () => {
        setDrawn(drawn.slice(0, -1));
      },
    },
    isDrawing,
  );
  const add = (event: React.MouseEvent) => {
    if (!isDrawing) return;
    const point = pointAt(event);
    if (closes(point, drawn)) finish(drawn);
    else setDrawn([...drawn, point]);
  };
  const own = chosen === null || isDrawing ? undefined : zones[chosen];
  const corners = own && dragged ? moved(own.points, dragged.place, dragged.at) : own?.points;
  const place = (points: Corners) =>
    points.map(([x, y]) => `${String(x * width)},${String(y * height)}`).join(' ');
  return (
    <div className="canvas">
      {picture === null ? (
        <div className="canvas-none">{t('camera.nolook')}</div>
      ) : (
        <img
          src={picture}
          alt={t('zone.picture')}
          onLoad={(event) => {
            const { naturalWidth, naturalHeight } = event.currentTarget;
            if (naturalWidth > 0) setSize([naturalWidth, naturalHeight]);
          }}
        />
      )}
      {}
      <svg
        ref={drawing}
        className={isDrawing ? 'canvas-drawing' : ''}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        preserveAspectRatio="none"
        onClick={add}
        onPointerMove={(event) => {
          if (isDrawing) setHover(pointAt(event));
          if (dragged !== null) setDragged({ ...dragged, at: pointAt(event) });
        }}
        onPointerUp={() => {
          if (dragged !== null && chosen !== null && corners !== undefined) {
            props.onMoved(chosen, corners);
          }
          setDragged(null);
        }}
      >
        {Object.entries(zones).map(([name, zone]) => (
          <Outline
            key={name}
            name={name}
            points={place(name === chosen && corners !== undefined ? corners : zone.points)}
            at={zone.points[0] ?? [0, 0]}
            size={size}
            kind={`${zone.purpose} ${name === chosen ? 'chosen' : ''} ${props.broken.has(name) ? 'broken' : ''}`}
            onChoose={() => {
              if (!isDrawing) props.onChoose(name);
            }}
          />
        ))}
        {isDrawing && (
          <polyline
            className="canvas-new"
            points={place(hover === null ? drawn : [...drawn, hover])}
          />
        )}
        {isDrawing &&
          drawn.map(([x, y]) => (
            <circle
              key={`${String(x)} ${String(y)}`}
              className="canvas-corner"
              cx={x * width}
              cy={y * height}
              r={width / 130}
            />
          ))}
        {props.isEditable && chosen !== null && corners !== undefined && (
          <Handles
            corners={corners}
            size={size}
            onGrab={(at, point) => {
              setDragged({ place: at, at: point });
            }}
            onChange={(changed) => {
              props.onMoved(chosen, changed);
            }}
          />
        )}
      </svg>
    </div>
  );
}

interface OutlineProps {
  name: string;
  points: string;
  at: Point;
  size: readonly [number, number];
  kind: string;
  onChoose: () => void;
}

function Outline({ name, points, at, size: [width, height], kind, onChoose }: OutlineProps) {
  return (
    <g className={`zone ${kind}`}>
      {}
      <polygon points={points} onClick={onChoose} />
      <text x={at[0] * width} y={at[1] * height - height / 90} fontSize={height / 38}>
        {name}
      </text>
    </g>
  );
}

interface HandlesProps {
  corners: Corners;
  size: readonly [number, number];
  onGrab: (place: number, at: Point) => void;
  onChange: (corners: Corners) => void;
}

/** Corners to drag, and a point in the middle of each edge that makes a new one. */
function Handles({ corners, size: [width, height], onGrab, onChange }: HandlesProps) {
  const { t } = useLanguage();
  const press = (event: React.KeyboardEvent, place: number) => {
    const corner = corners[place];
    const arrow = ARROWS[event.key];
    if (corner !== undefined && arrow !== undefined) {
      const by = event.shiftKey ? FAR : STEP;
      onChange(moved(corners, place, [corner[0] + arrow[0] * by, corner[1] + arrow[1] * by]));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(without(corners, place));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      {corners.map((from, place) => {
        const to = corners[(place + 1) % corners.length] ?? from;
        return (
          <circle
            key={`edge ${String(place)}`}
            className="canvas-middle"
            role="button"
            tabIndex={0}
            aria-label={t('zone.insert', { n: place + 1 })}
            cx={((from[0] + to[0]) / 2) * width}
            cy={((from[1] + to[1]) / 2) * height}
            r={width / 190}
            onClick={() => {
              onChange(split(corners, place));
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || event.key === ' ') onChange(split(corners, place));
            }}
          />
        );
      })}
      {corners.map((corner, place) => (
        <circle
          key={`corner ${String(place)}`}
          className="canvas-corner"
          role="button"
          tabIndex={0}
          aria-label={t('zone.corner', { n: place + 1 })}
          cx={corner[0] * width}
          cy={corner[1] * height}
          r={width / 120}
          onPointerDown={(event) => {
            event.preventDefault();
            event.currentTarget.focus();
            onGrab(place, corner);
          }}
          onDoubleClick={() => {
            onChange(without(corners, place));
          }}
          onKeyDown={(event) => {
            press(event, place);
          }}
        />
      ))}
    </>
  );
}
