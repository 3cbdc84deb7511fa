import type { ReactNode } from 'react';
import { client } from '../lib/api.ts';
import { type Choice, SearchedSelect } from './searched-select.tsx';

/** A folder by its uid, which is '' where there is none around. */
export interface FolderChoice {
  uid: string;
  title: string;
}

/** What lies in no folder. */
export const GENERAL: FolderChoice = { uid: '', title: 'General' };

interface Props {
  label: string;
  description?: ReactNode;
  required?: boolean;
  /** Undefined while none is chosen. */
  value: FolderChoice | undefined;
  onChange(folder: FolderChoice | undefined): void;
  /** Whether it may be outside of any folder. */
  withGeneral: boolean;
  /** A folder that is not offered. */
  without?: string | undefined;
  error?: ReactNode;
}

const PER_PAGE = 30;
// No folder has that uid, and a choice needs a value.
const GENERAL_VALUE = 'general';

/** A choice of one of the folders that the person may change, searched on the server page by page. */
export function FolderPicker({ value, onChange, withGeneral, without, ...rest }: Props) {
  const find = async (query: string, page: number) => {
    const { data = [] } = await client.GET('/api/search', {
      params: {
        query: { query, type: 'dash-folder', permission: 'Edit', sort: 'alpha-asc', page, limit: PER_PAGE },
      },
    });
    const found = data.filter(({ uid }) => uid !== without).map(choiceOf);
    const isLike = GENERAL.title.toLowerCase().includes(query.toLowerCase());
    const first = withGeneral && page === 1 && isLike ? [choiceOf(GENERAL)] : [];
    return { choices: [...first, ...found], hasMore: data.length === PER_PAGE };
  };
  return (
    <SearchedSelect
      placeholder="Type a part of the name"
      what={`folders ${withGeneral} ${without ?? ''}`}
      find={find}
      value={value && choiceOf(value)}
      onChange={(choice) => onChange(choice && folderOf(choice))}
      {...rest}
    />
  );
}

function choiceOf({ uid, title, folderTitle }: FolderChoice & { folderTitle?: string }): Choice {
  if (uid === '') return { value: GENERAL_VALUE, label: GENERAL.title, about: 'In no folder' };
  return { value: uid, label: title, about: folderTitle === undefined ? undefined : `In ${folderTitle}` };
}

function folderOf({ value, label }: Choice): FolderChoice {
  return value === GENERAL_VALUE ? GENERAL : { uid: value, title: label };
}
