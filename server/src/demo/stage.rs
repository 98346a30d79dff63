//! Where the demonstration is played: the server's store, its address, and a directory for the devices' replicas.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cairn_client::{engine::Seed, transport::ServerUrl};
use sync_core::id::{UnitCode, Username};

use super::{
    clock::TrueTime,
    device::Device,
    failure::{DemoError, at},
    plan::{self, Plan},
};
use crate::{
    admin::{self, AdminError, TokenTerms},
    auth::{By, Role},
    clock::now,
    store::Store,
};

/// Marks a data directory as one that the demonstration may remove.
const MARKER: &str = "cairn-demonstration";

/// Where the demonstration is played. The server may run in this process or another, and may be killed and started again at
/// the same address while the demonstration is played.
pub struct Stage {
    /// The server's address.
    pub url: ServerUrl,
    /// A handle on the server's store, for administrators' acts, as commands do them.
    pub store: Store,
    /// For the devices' replicas.
    pub devices: PathBuf,
}

/// Makes a fresh data directory; one of an earlier demonstration is removed.
///
/// # Errors
/// [`DemoError::NotEmpty`] when it holds something else.
pub fn fresh_directory(data: &Path) -> Result<(), DemoError> {
    let marker = data.join(MARKER);
    let empty = match std::fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_none(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
        Err(e) => return Err(at(data)(e)),
    };
    if !empty {
        if !marker.exists() {
            return Err(DemoError::NotEmpty(data.into()));
        }
        std::fs::remove_dir_all(data).map_err(at(data))?;
    }
    std::fs::create_dir_all(data).map_err(at(data))?;
    std::fs::write(&marker, "This directory is removed when the demonstration is played again.\n").map_err(at(marker))
}

impl Stage {
    /// Adds the plan's org units and people.
    pub(super) async fn furnish(&self, plan: &Plan) -> Result<(), DemoError> {
        let by = By::operator(now());
        for unit in &plan.units {
            let parent = unit.parent.map(unit_code).transpose()?;
            admin::add_unit(&self.store, &by, unit_code(unit.code)?, parent, unit.kind, unit.name).await?;
        }
        for person in &plan.people {
            let (user, unit) = (username(&person.username)?, unit_code(person.unit)?);
            admin::add_user(&self.store, &by, user, &person.name, person.role, unit).await?;
        }
        Ok(())
    }

    /// Enrols a device for everybody but the administrator.
    pub(super) async fn hand_out(&self, plan: &Plan, time: &TrueTime) -> Result<BTreeMap<String, Device>, DemoError> {
        let by = By::operator(now());
        let mut devices = BTreeMap::new();
        for (number, person) in plan.people.iter().filter(|p| p.role != Role::Administrator).enumerate() {
            let off = &plan.conditions.clock_off_by_years;
            let error_years = if off.worker == person.username { off.years } else { 0 };
            let device = self.open(&person.username, &person.username, time, error_years, plan.seed, number).await?;
            let (code, _) = admin::make_enrolment_code(&self.store, &by, &username(&person.username)?, 1).await?;
            device.enrol(&self.url, &code.reveal()).await?;
            devices.insert(person.username.clone(), device);
        }
        Ok(devices)
    }

    /// Opens the replica in directory `name`. Its actor follows from the plan's seed and `number`.
    pub(super) async fn open(
        &self,
        user: &str,
        name: &str,
        time: &TrueTime,
        error_years: i32,
        seed: u64,
        number: usize,
    ) -> Result<Device, DemoError> {
        let mut bytes = [0; 16];
        bytes[..8]
            .copy_from_slice(&seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number as u64 + 1).to_be_bytes());
        bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
        Device::open(user, &self.devices.join(name), time.clone(), error_years, Seed(bytes)).await
    }

    /// Moves a worker's role from one unit to another, unless that was done already.
    pub(super) async fn reassign(&self, moved: &plan::Reassignment) -> Result<(), DemoError> {
        let (by, user) = (By::operator(now()), username(&moved.worker)?);
        match admin::remove_grant(&self.store, &by, &user, &unit_code(moved.from_unit)?, Role::Recorder).await {
            Err(AdminError::GrantUnknown { .. }) => return Ok(()),
            removed => removed?,
        }
        Ok(admin::add_grant(&self.store, &by, &user, &unit_code(moved.to_unit)?, Role::Recorder).await?)
    }

    /// Revokes every device of a worker, unless that was done already.
    pub(super) async fn revoke(&self, worker: &str) -> Result<(), DemoError> {
        let by = By::operator(now());
        for device in admin::list_devices(&self.store, &by).await? {
            if device.username.as_str() == worker {
                match admin::revoke_device(&self.store, &by, &device.id).await {
                    Err(AdminError::DeviceRevoked(_)) => {}
                    revoked => revoked?,
                }
            }
        }
        Ok(())
    }

    /// A bearer token for the API, of somebody who sees the whole prefecture.
    pub(super) async fn api_token(&self, plan: &Plan) -> Result<String, DemoError> {
        let administrator = plan.people.iter().find(|p| p.role == Role::Administrator);
        let user = administrator.ok_or_else(|| DemoError::Plan("nobody administers".into()))?;
        let by = By::operator(now());
        let (token, _) =
            admin::make_api_token(&self.store, &by, &username(&user.username)?, TokenTerms::default()).await?;
        Ok(token.reveal().to_owned())
    }
}

pub(super) fn unit_code(text: &str) -> Result<UnitCode, DemoError> {
    text.parse().map_err(|e: sync_core::id::InvalidId| DemoError::Plan(e.to_string()))
}

pub(super) fn username(text: &str) -> Result<Username, DemoError> {
    text.parse().map_err(|e: sync_core::id::InvalidId| DemoError::Plan(e.to_string()))
}
