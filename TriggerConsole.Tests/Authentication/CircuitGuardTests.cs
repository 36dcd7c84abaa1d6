using System.Security.Claims;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

public sealed class CircuitGuardTests : PageBench
{
    private CircuitGuard Guard => Get<CircuitGuard>();

    [Fact]
    public async Task Require_RoleIsEnough_GivesTheUser()
    {
        var id = await SignInAsync(Role.Editor);
        var user = await Guard.RequireAsync(Permissions.EditTriggers);
        Assert.Equal(id.ToString(), user.FindFirstValue(ClaimTypes.NameIdentifier));
        Assert.NotNull(user.Actor());
    }

    [Fact]
    public async Task Require_RoleIsNotEnough_Refuses()
    {
        await SignInAsync(Role.Operator);
        await Guard.RequireAsync(Permissions.Run);
        await Assert.ThrowsAsync<NotAllowedException>(() => Guard.RequireAsync(Permissions.EditTriggers));
    }

    [Fact]
    public async Task Require_RoleWasTakenSinceThePageWasOpened_Refuses()
    {
        var id = await SignInAsync(Role.Administrator);
        await Guard.RequireAsync(Permissions.ManageSettings);
        await ChangeUserAsync(id, user => user.Role = Role.Viewer);
        await Assert.ThrowsAsync<NotAllowedException>(() => Guard.RequireAsync(Permissions.Run));
        await Guard.RequireAsync(Permissions.Read);
    }

    [Fact]
    public async Task Require_RoleWasGivenSince_Allows()
    {
        var id = await SignInAsync(Role.Viewer);
        await ChangeUserAsync(id, user => user.Role = Role.Editor);
        await Guard.RequireAsync(Permissions.EditTriggers);
    }

    [Fact]
    public async Task Require_PasswordChangedOrSignedOutEverywhere_Refuses()
    {
        var id = await SignInAsync(Role.Editor);
        await ChangeUserAsync(id, user => user.SecurityStamp = "second");
        await Assert.ThrowsAsync<NotAllowedException>(() => Guard.RequireAsync(Permissions.Read));
    }

    [Fact]
    public async Task Require_Locked_Refuses()
    {
        var id = await SignInAsync(Role.Editor);
        await ChangeUserAsync(id, user => user.LockedAt = DateTimeOffset.UnixEpoch);
        await Assert.ThrowsAsync<NotAllowedException>(() => Guard.RequireAsync(Permissions.Read));
        await ChangeUserAsync(id, user => user.LockedAt = null);
        await Guard.RequireAsync(Permissions.Read);
    }
}
