import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Has the focus stay in a list when the row that has it goes, and in the content when the list goes, instead of beginning anew
 * at the top of the page. For the element around the rows, which has to be one that can have the focus.
 */
export function useFocusKept() {
  const list = useRef<HTMLDivElement>(null);
  const isWithin = useRef(false);
  useEffect(() => {
    if (!isWithin.current || document.activeElement !== document.body) return;
    isWithin.current = false;
    (list.current ?? document.getElementById('main'))?.focus();
  });
  // What is taken out of the page says nothing of its losing the focus.
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    isWithin.current = currentTarget.contains(relatedTarget);
  };
  const onFocus = (): void => {
    isWithin.current = true;
  };
  return { list, events: { onFocus, onBlur } };
}
