import { AddressTabs } from '../../parts/address-tabs.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { ChosenRequest } from './chosen-request.tsx';
import { PastedRequest } from './pasted-request.tsx';

/** Says step by step what the server decides about a request, and what to change. */
export function RefusedPage() {
  return (
    <PageFrame
      title="Why was I refused?"
      about="What the server decides about a request, step by step, and what to change. The request itself is not sent: nothing happens."
    >
      <AddressTabs
        tabs={[
          { value: 'paste', title: 'Paste a request', content: <PastedRequest /> },
          { value: 'choose', title: 'Choose who asks, and what', content: <ChosenRequest /> },
        ]}
      />
    </PageFrame>
  );
}
