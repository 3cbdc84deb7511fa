import { ApiError, notFound } from '../../errors.ts';

export function missing(): ApiError {
  return notFound('Dashboard not found', 'dashboards.not-found');
}

export function missingVersion(): ApiError {
  return notFound('Dashboard version not found', 'dashboards.version-not-found');
}

export function emptyTitle(): ApiError {
  return new ApiError(400, 'dashboards.empty-name', 'Dashboard title cannot be empty', {
    detail: 'dashboard.title is required.',
    fields: { status: 'empty-name' },
  });
}

export function sameName(): ApiError {
  const message = 'A dashboard with the same name in the folder already exists';
  const detail = 'Choose another title or folder, or send "overwrite": true to make this its next version.';
  return new ApiError(412, 'dashboards.name-exists', message, { detail, fields: { status: 'name-exists' } });
}

export function sameNameAsFolder(): ApiError {
  const message = 'Dashboard name cannot be the same as folder';
  const detail = 'There is a folder of this title in the same place: choose another title.';
  return new ApiError(400, 'dashboards.name-match', message, { detail, fields: { status: 'name-match' } });
}

export function changed({ version }: { version: number }): ApiError {
  const message = 'The dashboard has been changed by someone else';
  const detail = `The version is ${version} by now: read the dashboard again, or send "overwrite": true.`;
  return new ApiError(412, 'dashboards.version-mismatch', message, {
    detail,
    fields: { status: 'version-mismatch' },
  });
}

export function tooLargeToCompare(bytes: number, most: number): ApiError {
  return new ApiError(413, 'dashboards.too-large-to-compare', 'The dashboards are too large to be compared', {
    detail: `Together they have ${bytes} bytes, and at most ${most} are compared here: get both with GET /api/dashboards/uid/{uid}/versions/{version} and compare them yourself.`,
  });
}
