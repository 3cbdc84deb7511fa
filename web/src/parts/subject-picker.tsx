import type { ReactNode } from 'react';
import { findSubjects, type Subject, type SubjectKind } from '../lib/subjects.ts';
import { type Choice, SearchedSelect } from './searched-select.tsx';
import { SUBJECT_NAMES } from './subject-link.tsx';

interface Props {
  kind: SubjectKind;
  label?: string;
  /** Undefined while nobody is chosen. */
  value: Subject | undefined;
  onChange(subject: Subject | undefined): void;
  /** What is wrong with the choice. */
  error?: ReactNode;
}

/** A choice of one user, service account or team of the organization, searched on the server page by page. */
export function SubjectPicker({ kind, label = SUBJECT_NAMES[kind], value, onChange, error }: Props) {
  return (
    <SearchedSelect
      label={label}
      what={kind}
      placeholder="Type a part of the name"
      required
      find={async (query, page) => {
        const { subjects, hasMore } = await findSubjects(kind, query, page);
        return { choices: subjects.map(choiceOf), hasMore };
      }}
      value={value && choiceOf(value)}
      onChange={(choice) => onChange(choice && subjectOf(kind, choice))}
      error={error}
    />
  );
}

function choiceOf({ id, name, about }: Subject): Choice {
  return { value: String(id), label: name, about };
}

function subjectOf(kind: SubjectKind, { value, label, about = '' }: Choice): Subject {
  return { kind, id: Number(value), name: label, about };
}
