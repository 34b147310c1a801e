import type { AgentService } from '../core/custody/agentService.ts';
import type { Custody } from '../core/custody/custody.ts';
import type { ProfileService } from '../core/custody/profileService.ts';
import type { SessionService } from '../core/custody/sessionService.ts';
import type { SignInService } from '../core/custody/signInService.ts';
import type { Repairs } from '../core/doctor/repairs.ts';
import { once } from '../ui/once.ts';
import { type ActionsOptions, host } from './options.ts';

export type Services = ReturnType<typeof servicesOf>;

/** What changes the disk when a person asks for it: each loads when first used. */
export function servicesOf({ keeper, clock, log, snapshot }: ActionsOptions) {
  const custody = async (): Promise<Custody> => (await keeper()).custody;

  const service = once(async (): Promise<ProfileService> => {
    const { ProfileService } = await import('../core/custody/profileService.ts');
    const { vault, journal, places } = await custody();
    return new ProfileService({ vault, journal, places, clock, log: log.info });
  });

  const agentService = once(async (): Promise<AgentService> => {
    const { AgentService } = await import('../core/custody/agentService.ts');
    const { vault, journal } = await custody();
    return new AgentService({ vault, journal, clock, host, log: log.info });
  });

  const sessions = once(async (): Promise<SessionService> => {
    const { SessionService } = await import('../core/custody/sessionService.ts');
    const { vault } = await custody();
    return new SessionService({ vault, clock, log: log.info });
  });

  const signInService = once(async (): Promise<SignInService> => {
    const { SignInService } = await import('../core/custody/signInService.ts');
    const { vault, journal, places, tokenEnds } = await custody();
    return new SignInService({ vault, journal, places, tokenEnds, clock, log: log.info });
  });

  const repairs = once(async (): Promise<Repairs> => {
    const { Repairs } = await import('../core/doctor/repairs.ts');
    const { vault, journal } = await custody();
    return new Repairs({ vault, journal, clock, snapshot, log: log.info });
  });

  return { custody, service, agentService, sessions, signInService, repairs };
}
