using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity.Tokens;

/// <summary>Sessions of tokens: rotation, reuse, ends, and keys that change.</summary>
public sealed class AccessTokensTests : IAsyncLifetime
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly ManualTimeProvider _time = new(Sample.Now);
    private readonly SecretProtector _protector = new(new EphemeralDataProtectionProvider());
    private readonly IOptions<TokenOptions> _options = Options.Create(new TokenOptions());
    private readonly List<SessionEndings> _endings = [];
    private SigningKeys _keys = null!;
    private AccessTokens _tokens = null!;
    private User _user = null!;

    public async Task InitializeAsync()
    {
        (_keys, _tokens) = MakeNode();
        _user = new() { Id = Uuid7.New(Sample.Now), UserName = "ada@example.com", Email = "ada@example.com", Role = Role.Operator, SecurityStamp = "one", CreatedAt = Sample.Now };
        await using var context = _database.CreateDbContext();
        context.Users.Add(_user);
        await context.SaveChangesAsync();
    }

    public Task DisposeAsync()
    {
        _endings.ForEach(e => e.Dispose());
        _keys.Dispose();
        _database.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Begin_Access_SaysWhoItIs()
    {
        var issued = await BeginAsync();

        var (holder, problem) = await _tokens.CheckAsync(issued.Access, default);

        Assert.Null(problem);
        Assert.Equal((_user.Id, Role.Operator, "ada@example.com"), (holder!.UserId, holder.Role, holder.Name));
        Assert.Equal(Sample.Now.AddMinutes(10), issued.ExpiresAt);
        await using var context = _database.CreateDbContext();
        Assert.DoesNotContain(issued.Refresh, string.Join(' ', (await context.RefreshTokens.ToListAsync()).Select(t => Convert.ToHexString(t.Hash) + t.Stamp)), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String((await _keys.CurrentAsync(default)).Export())[..40], (await context.SigningKeys.SingleAsync()).ProtectedKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_Expired_IsRefusedAndRefreshGoesOn()
    {
        var issued = await BeginAsync();
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(JwtProblem.Expired, (await _tokens.CheckAsync(issued.Access, default)).Problem);
        var next = await RefreshAsync(issued.Refresh);
        Assert.NotNull((await _tokens.CheckAsync(next!.Access, default)).Holder);
        Assert.NotEqual(issued.Refresh, next.Refresh);
    }

    [Fact]
    public async Task Refresh_UsedTwice_EndsTheSessionForBoth()
    {
        var issued = await BeginAsync();
        var next = await RefreshAsync(issued.Refresh);

        Assert.Null(await RefreshAsync(issued.Refresh)); // whoever comes second, thief or owner
        Assert.Null(await RefreshAsync(next!.Refresh));
        Assert.Equal(JwtProblem.Revoked, (await _tokens.CheckAsync(next.Access, default)).Problem);
    }

    [Fact]
    public async Task Refresh_SameTokenManyTimesAtOnce_IsTakenOnce()
    {
        var issued = await BeginAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RefreshAsync(issued.Refresh))));

        Assert.Single(answers, a => a is not null);
        await using var context = _database.CreateDbContext();
        Assert.All(await context.RefreshTokens.ToListAsync(), t => Assert.NotNull(t.RevokedAt));
    }

    [Fact]
    public async Task Refresh_UnknownOrForeignText_IsRefused()
    {
        await BeginAsync();
        foreach (var text in new[] { "", "tcr_", "tcr_unknown", "eyJhbGciOiJFUzI1NiJ9.e30.x", new string('x', 10_000), "tcr_" + new string('x', 10_000) }) Assert.Null(await RefreshAsync(text));
    }

    [Fact]
    public async Task Refresh_AfterItsTime_IsRefused()
    {
        var issued = await BeginAsync();
        _time.Advance(TimeSpan.FromDays(14));

        Assert.Null(await RefreshAsync(issued.Refresh));
    }

    [Fact]
    public async Task Refresh_AgainAndAgain_EndsWithTheSession()
    {
        var issued = await BeginAsync();
        for (var day = 10; day < 90; day += 10)
        {
            _time.Advance(TimeSpan.FromDays(10));
            issued = (await RefreshAsync(issued.Refresh))!;
            Assert.NotNull(issued);
        }
        Assert.Equal(Sample.Now.AddDays(90), issued.RefreshExpiresAt);
        _time.Advance(TimeSpan.FromDays(10));
        Assert.Null(await RefreshAsync(issued.Refresh));
    }

    [Fact]
    public async Task Revoke_EndsAccessAtOnceAndOthersGoOn()
    {
        var (first, second) = (await BeginAsync(), await BeginAsync());
        Assert.NotNull((await _tokens.CheckAsync(first.Access, default)).Holder);

        await _tokens.RevokeAsync(first.Refresh, default);
        await _tokens.RevokeAsync("tcr_unknown", default);

        Assert.Equal(JwtProblem.Revoked, (await _tokens.CheckAsync(first.Access, default)).Problem);
        Assert.Null(await RefreshAsync(first.Refresh));
        Assert.NotNull((await _tokens.CheckAsync(second.Access, default)).Holder);
        Assert.NotNull(await RefreshAsync(second.Refresh));
    }

    [Theory]
    [InlineData("stamp")]
    [InlineData("lock")]
    [InlineData("delete")]
    public async Task User_ChangedOrGone_CountsWithinAMinute(string what)
    {
        var issued = await BeginAsync();
        Assert.NotNull((await _tokens.CheckAsync(issued.Access, default)).Holder);
        await ChangeAsync(user =>
        {
            if (what == "stamp") user.SecurityStamp = "two";
            if (what == "lock") user.LockedAt = Sample.Now;
        }, isDelete: what == "delete");

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(JwtProblem.Revoked, (await _tokens.CheckAsync(issued.Access, default)).Problem);
        Assert.Null(await RefreshAsync(issued.Refresh));
    }

    [Fact]
    public async Task Role_Changed_CountsWithinAMinuteAlthoughTheTokenSaysOtherwise()
    {
        var issued = await BeginAsync();
        Assert.Equal(Role.Operator, (await _tokens.CheckAsync(issued.Access, default)).Holder!.Role);
        await ChangeAsync(user => user.Role = Role.Viewer);

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(Role.Viewer, (await _tokens.CheckAsync(issued.Access, default)).Holder!.Role);
    }

    [Fact]
    public async Task Key_Old_IsReplacedAndVerifiesUntilItsTokensHaveExpired()
    {
        await BeginAsync();
        var first = await _keys.CurrentAsync(default);
        _time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        var lastOfTheFirst = await BeginAsync();
        _time.Advance(TimeSpan.FromMinutes(2));

        var issued = await BeginAsync();

        Assert.NotEqual(first.Id, (await _keys.CurrentAsync(default)).Id);
        Assert.NotNull((await _tokens.CheckAsync(lastOfTheFirst.Access, default)).Holder);
        Assert.NotNull((await _tokens.CheckAsync(issued.Access, default)).Holder);
        Assert.Equal(2, (await _keys.PublicAsync(default)).Count);
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(await _keys.FindAsync(first.Id, default));
        Assert.Single(await _keys.PublicAsync(default));
    }

    [Fact]
    public async Task Key_OfAnotherNode_IsFoundInTheDatabase()
    {
        var (otherKeys, other) = MakeNode();
        using var _ = otherKeys;
        await _keys.FindAsync("unknown", default); // has looked, and found nothing
        var issued = await other.BeginAsync(_user, null, null, default);

        Assert.Equal(JwtProblem.UnknownKey, (await _tokens.CheckAsync(issued.Access, default)).Problem); // does not look for each
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull((await _tokens.CheckAsync(issued.Access, default)).Holder);
    }

    private (SigningKeys, AccessTokens) MakeNode()
    {
        var keys = new SigningKeys(_database, _protector, _options, _time);
        var endings = new SessionEndings(new NoNodeMessages(), _time); // hears nothing of other nodes: it must look
        _endings.Add(endings);
        return (keys, new(_database, keys, new(Options.Create(new SignInOptions())), endings, _options, _time, NullLogger<AccessTokens>.Instance));
    }

    private Task<IssuedTokens> BeginAsync() => _tokens.BeginAsync(_user, "203.0.113.7", "test", default);

    private Task<IssuedTokens?> RefreshAsync(string token) => _tokens.RefreshAsync(token, "203.0.113.7", "test", default);

    private async Task ChangeAsync(Action<User> change, bool isDelete = false)
    {
        await using var context = _database.CreateDbContext();
        var user = await context.Users.SingleAsync(u => u.Id == _user.Id);
        if (isDelete) context.Users.Remove(user);
        else change(user);
        await context.SaveChangesAsync();
    }
}
