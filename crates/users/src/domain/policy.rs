use auth::{Caller, Role};

use super::error::Error;

/// Whether the Caller may invite somebody as this: owners as anything, admins as anything but owner. Support is given
/// by the platform, not by an organization.
pub(super) fn may_invite(caller: &Caller, role: Role) -> Result<(), Error> {
    if !caller.has_any_role(&[Role::Owner, Role::Admin]) {
        return Err(Error::NotPermitted("Only owners and admins can invite"));
    }
    if role == Role::Support {
        return Err(Error::Invalid {
            field: "input.role",
            reason: "Support is not a role that an organization gives",
        });
    }
    if role == Role::Owner && !caller.has_role(Role::Owner) {
        return Err(Error::NotPermitted("Only owners can invite an owner"));
    }
    Ok(())
}
