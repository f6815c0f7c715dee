import type { Connector, ConnectorWindow } from '@onlyoffice/doceditor-types';

/** Stands in for the connector, which does not exist: calling it says so, and nothing throws. */
export function inertConnector(warn: (text: string) => void): Connector {
  const said = new Set<string>();
  const nothing = (name: string) => (): void => {
    if (said.has(name)) return;
    said.add(name);
    warn(`The connector's ${name} has no effect, because there is no connector. Remove the call.`);
  };
  const window: ConnectorWindow = {
    attachEvent: nothing('attachEvent'),
    dispatchEvent: nothing('dispatchEvent'),
    show: nothing('show'),
  };
  return {
    addContextMenuItem: nothing('addContextMenuItem'),
    addToolbarMenuItem: nothing('addToolbarMenuItem'),
    attachEvent: nothing('attachEvent'),
    callCommand: nothing('callCommand'),
    connect: nothing('connect'),
    createWindow: () => {
      nothing('createWindow')();
      return window;
    },
    detachEvent: nothing('detachEvent'),
    disconnect: nothing('disconnect'),
    executeMethod: nothing('executeMethod'),
    updateContextMenuItem: nothing('updateContextMenuItem'),
  };
}
