using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity;

public sealed class UserCommandsTests : PageBench
{
    private const string Password = "correct horse battery";

    private UserCommands Commands => Get<UserCommands>();

    [Fact]
    public async Task Create_WithoutPassword_IsInvitedByALinkThatWorksOnce()
    {
        var made = (await Commands.CreateAsync(new() { Email = " anna@example.com ", Role = Role.Editor }, Token)).Value!;
        var passwords = Get<PasswordCommands>();

        Assert.True((await Get<UserQueries>().GetAsync(made.User.Id, Token))!.IsInvited);
        Assert.IsType<Refusal.Invalid>((await passwords.ChooseAsync(made.Link!.Token, "password123", Token)).Refusal); // and is not used up by it
        Assert.False((await passwords.ChooseAsync(made.Link.Token, Password, Token)).IsRefused);
        Assert.IsType<Refusal.Conflict>((await passwords.ChooseAsync(made.Link.Token, "another good sentence", Token)).Refusal);
        Assert.Equal("anna@example.com", (await Get<PasswordCheck>().CheckAsync("ANNA@example.com", Password, null, Token)).User?.Email);
        Assert.False((await Get<UserQueries>().GetAsync(made.User.Id, Token))!.IsInvited);
    }

    [Fact]
    public async Task Create_WrongInput_NamesEveryField()
    {
        var refusal = (await Commands.CreateAsync(new() { Email = "nobody", Name = new string('x', 101), Password = "short" }, Token)).Refusal;

        Assert.Equal(["email", "name", "password"], Assert.IsType<Refusal.Invalid>(refusal).Errors.Select(e => e.Field));
    }

    [Fact]
    public async Task Create_AddressInOtherCase_IsTheSameUser()
    {
        await CreateAsync("anna@example.com", Role.Viewer);
        Assert.IsType<Refusal.Conflict>((await Commands.CreateAsync(new() { Email = "Anna@Example.com" }, Token)).Refusal);
    }

    [Fact]
    public async Task LastAdministrator_LockedDemotedOrDeleted_IsRefused()
    {
        var admin = await CreateAsync("admin@example.com", Role.Administrator);
        // Neither of these helps: one cannot sign in, the other has never chosen a password
        var locked = await CreateAsync("locked@example.com", Role.Administrator);
        await Commands.LockAsync(locked, null, Token);
        await Commands.CreateAsync(new() { Email = "invited@example.com", Role = Role.Administrator }, Token);

        Assert.IsType<Refusal.Conflict>((await Commands.LockAsync(admin, null, Token)).Refusal);
        Assert.IsType<Refusal.Conflict>((await Commands.DeleteAsync(admin, null, Token)).Refusal);
        Assert.IsType<Refusal.Conflict>((await Commands.ChangeAsync(admin, new() { Role = Role.Editor }, null, Token)).Refusal);
        Assert.False((await Commands.ChangeAsync(admin, new() { Name = "Still here" }, null, Token)).IsRefused);
        Assert.Equal((Role.Administrator, null), await StateAsync(admin));
    }

    [Fact]
    public async Task LastAdministrators_AllActAtOnce_OneIsLeft()
    {
        var admins = new List<Guid>();
        for (var i = 0; i < 6; i++) admins.Add(await CreateAsync($"admin{i}@example.com", Role.Administrator));

        await Task.WhenAll(admins.Select((id, i) => Task.Run(async () => (object)((i % 3) switch
        {
            0 => await Commands.LockAsync(id, null, Token),
            1 => await Commands.DeleteAsync(id, null, Token),
            _ => await Commands.ChangeAsync(id, new() { Role = Role.Viewer }, null, Token),
        }))));

        var (users, _) = await Get<UserQueries>().ListAsync("admin", Role.Administrator, 1, 50, Token);
        Assert.Single(users, u => u.LockedAt is null);
    }

    [Fact]
    public async Task Oneself_LockedDeletedOrGivenAnotherRole_IsRefused()
    {
        var admin = await CreateAsync("admin@example.com", Role.Administrator);
        await CreateAsync("other@example.com", Role.Administrator);

        Assert.IsType<Refusal.Conflict>((await Commands.LockAsync(admin, admin, Token)).Refusal);
        Assert.IsType<Refusal.Conflict>((await Commands.DeleteAsync(admin, admin, Token)).Refusal);
        Assert.IsType<Refusal.Conflict>((await Commands.ChangeAsync(admin, new() { Role = Role.Editor }, admin, Token)).Refusal);
        Assert.False((await Commands.ChangeAsync(admin, new() { Name = "Ada" }, admin, Token)).IsRefused);
    }

    [Fact]
    public async Task Sessions_RoleLowered_EndAtOnce_AndRaised_GoOn()
    {
        var id = await CreateAsync("anna@example.com", Role.Operator);
        var sessions = Get<UserSessions>();
        var ticket = await BeginAsync(id);
        Assert.Equal(Role.Operator, (await sessions.CheckAsync(ticket, Token))?.Role);

        await Commands.ChangeAsync(id, new() { Role = Role.Editor }, null, Token);
        Assert.Equal(Role.Editor, (await sessions.CheckAsync(ticket, Token))?.Role);

        await Commands.ChangeAsync(id, new() { Role = Role.Viewer }, null, Token);
        Assert.Null(await sessions.CheckAsync(ticket, Token));
    }

    [Fact]
    public async Task Sessions_OtherSecretForAKnownId_IsRefused()
    {
        var id = await CreateAsync("anna@example.com", Role.Viewer);
        var ticket = await BeginAsync(id);
        var sessions = Get<UserSessions>();

        Assert.NotNull(await sessions.CheckAsync(ticket, Token));
        Assert.Null(await sessions.CheckAsync(ticket[..^2] + (ticket[^2] == 'A' ? "BB" : "AA"), Token));
        Assert.Null(await sessions.CheckAsync("x", Token));
        Assert.Null(await sessions.CheckAsync(null, Token));
    }

    [Fact]
    public async Task Sessions_EndedWhileTheyAreLookedAt_AreNotRemembered()
    {
        var id = await CreateAsync("anna@example.com", Role.Viewer);
        var sessions = Get<UserSessions>();
        for (var i = 0; i < 20; i++)
        {
            var ticket = await BeginAsync(id);
            Assert.True(SessionTicket.TryParse(ticket, out var parsed));
            var looks = Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await sessions.CheckAsync(ticket, Token))).ToList();
            await sessions.EndAsync(id, parsed.Id, Token);
            await Task.WhenAll(looks);
            Assert.Null(await sessions.CheckAsync(ticket, Token));
        }
    }

    [Fact]
    public async Task Recover_LockedAdministratorWithoutApp_GetsInByTheLink_AndNobodyElseDoes()
    {
        var id = await CreateAsync("anna@example.com", Role.Administrator);
        await CreateAsync("other@example.com", Role.Administrator);
        var (user, twoFactors, passwords) = ((await Get<UserQueries>().FindAsync(id, Token))!, Get<TwoFactors>(), Get<PasswordCommands>());
        var ticket = await BeginAsync(id);
        var setup = (await twoFactors.BeginAsync(user, Token)).Value!;
        Assert.False((await twoFactors.ConfirmAsync(id, Totp.CodeOf(Base32.Decode(setup.Secret), Totp.StepOf(Get<TimeProvider>().GetUtcNow())), Token)).IsRefused);
        await Commands.LockAsync(id, null, Token);

        var recovered = (await Commands.RecoverAsync(" Anna@Example.com ", Token)).Value!;

        Assert.Null(await Get<UserSessions>().CheckAsync(ticket, Token));
        Assert.False((await passwords.ChooseAsync(recovered.Link!.Token, "a sentence for the new start", Token)).IsRefused);
        Assert.Equal(id, (await Get<PasswordCheck>().CheckAsync("anna@example.com", "a sentence for the new start", null, Token)).User?.Id);
        var now = (await Get<UserQueries>().FindAsync(id, Token))!;
        Assert.Equal((false, Role.Administrator), (now.TwoFactorEnabled, now.Role));
        Assert.IsType<Refusal.NotFound>((await Commands.RecoverAsync("nobody@example.com", Token)).Refusal);
    }

    private static CancellationToken Token => CancellationToken.None;

    private async Task<string> BeginAsync(Guid id) => await Get<UserSessions>().BeginAsync((await Get<UserQueries>().FindAsync(id, Token))!, "password", "192.0.2.1", "Firefox on Linux", Token);

    private async Task<Guid> CreateAsync(string email, Role role) => (await Commands.CreateAsync(new() { Email = email, Role = role, Password = Password }, Token)).Value!.User.Id;

    private async Task<(Role, DateTimeOffset?)> StateAsync(Guid id)
    {
        var user = (await Get<UserQueries>().FindAsync(id, Token))!;
        return (user.Role, user.LockedAt);
    }
}
