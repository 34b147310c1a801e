import { dropConfigGhosts, dropStoreGhosts } from '../../custody/orderGhosts.ts';
import { filesOf, mainPathOf, type Repair, storePathsOf } from './repair.ts';

/** Takes entries that name nothing out of one order, and nothing else. */
export const removeGhosts: Repair<'order.ghosts'> = async (
  { where, facts },
  { orders, snapshot },
) => {
  if (facts.writtenIn === 'store') {
    const files = filesOf(snapshot, where);
    const dir = snapshot.stateDirs.find(({ path }) => path === files.stateDir);
    if (dir === undefined) return;
    const main = mainPathOf(dir);
    // The other agents have main's orders too, as far as they have none of their own.
    const others = main === files.storePath ? storePathsOf(dir) : main === undefined ? [] : [main];
    await dropStoreGhosts(orders, files, facts, others);
    return;
  }
  const { path } = where;
  if (path === undefined) return;
  const sharing = snapshot.stateDirs.filter(({ config }) => config.path === path);
  await dropConfigGhosts(orders, path, facts, sharing.flatMap(storePathsOf));
};
