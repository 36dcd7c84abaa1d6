using System.Net;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity;

/// <summary>What a key may do, until when, and from where.</summary>
public sealed class ApiKeysTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly ApiKeys _keys;

    public ApiKeysTests() => _keys = new(_database, _time);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Find_ExpiredKey_IsRefusedFromThatMomentAlsoAfterARestart()
    {
        var made = await MakeAsync(new() { Name = "Shop", ExpiresAt = _time.GetUtcNow().AddDays(30) });
        Assert.NotNull((await FindAsync(_keys, made)).Key);

        _time.Advance(TimeSpan.FromDays(30));

        Assert.Equal(ApiKeyProblem.Expired, (await FindAsync(_keys, made)).Problem);
        var restarted = new ApiKeys(_database, _time);
        await restarted.LoadAsync(default);
        Assert.Equal(ApiKeyProblem.Expired, (await FindAsync(restarted, made)).Problem);
    }

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("::ffff:203.0.113.7", true)]
    [InlineData("203.0.114.7", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    [InlineData(null, false)]
    public async Task Find_KeyOfNamedNetworks_CountsFromThereAlone(string? address, bool counts)
    {
        var made = await MakeAsync(new() { Name = "Shop", AllowedNetworks = ["203.0.113.0/24", "2001:db8::/32"] });
        var (key, problem) = await _keys.FindAsync(made.Value, address is null ? null : IPAddress.Parse(address), default);
        Assert.Equal(counts, key is not null);
        Assert.Equal(counts ? null : ApiKeyProblem.OtherNetwork, problem);
    }

    [Fact]
    public async Task Create_EachFault_IsNamedByItsField()
    {
        var result = await _keys.CreateAsync(
            new() { Name = " ", Scopes = ["read", "everything"], ExpiresAt = _time.GetUtcNow(), AllowedNetworks = ["10.0.0.0/8", "home"] }, "test", _ => true, default);
        var fields = Assert.IsType<Refusal.Invalid>(result.Refusal).Errors.Select(e => e.Field);
        Assert.Equal(["name", "scopes[1]", "expiresAt", "allowedNetworks[1]"], fields);
        Assert.Empty(await _keys.ListAsync(default));
    }

    [Fact]
    public async Task Create_MoreThanOneMayOneself_IsRefused()
    {
        static bool MayGrant(string permission) => permission is Permissions.Read or Permissions.ManageKeys;

        foreach (var scopes in (string[][])[[], [Permissions.Read, Permissions.ManageSecrets]])
        {
            var refused = await _keys.CreateAsync(new() { Name = "More", Scopes = scopes }, "test", MayGrant, default);
            Assert.Equal("scopes", Assert.IsType<Refusal.Invalid>(refused.Refusal).Errors.Single().Field);
        }
        var made = await _keys.CreateAsync(new() { Name = "Less", Scopes = [Permissions.Read] }, "test", MayGrant, default);
        Assert.False(made.IsRefused);
        Assert.True((await _keys.UpdateAsync(made.Value!.Key.Id, new() { Scopes = [] }, MayGrant, default)).IsRefused);
    }

    [Fact]
    public async Task Update_WhatIsLeftOut_Stays()
    {
        var made = await MakeAsync(new() { Name = "Shop", Scopes = [Permissions.Run], ExpiresAt = _time.GetUtcNow().AddDays(1), AllowedNetworks = ["10.0.0.1"] });

        var renamed = (await _keys.UpdateAsync(made.Key.Id, new() { Name = "Web shop" }, _ => true, default)).Value!;
        Assert.Equal(("Web shop", Permissions.Run, "10.0.0.1/32", made.Key.ExpiresAt), (renamed.Name, renamed.Scopes, renamed.AllowedNetworks, renamed.ExpiresAt));

        await _keys.UpdateAsync(made.Key.Id, new() { NeverExpires = true, AllowedNetworks = [] }, _ => true, default);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.NotNull((await FindAsync(_keys, made)).Key);
    }

    [Fact]
    public async Task Update_RevokedKey_IsRefused()
    {
        var made = await MakeAsync(new() { Name = "Shop" });
        await _keys.RevokeAsync(made.Key.Id, default);
        Assert.IsType<Refusal.Conflict>((await _keys.UpdateAsync(made.Key.Id, new() { Name = "Again" }, _ => true, default)).Refusal);
        Assert.Equal(ApiKeyProblem.Unknown, (await FindAsync(_keys, made)).Problem);
    }

    private async Task<CreatedApiKey> MakeAsync(ApiKeyInput input)
    {
        var made = await _keys.CreateAsync(input, "test", _ => true, default);
        return made.Value ?? throw new InvalidOperationException(made.Refusal!.Message);
    }

    private static ValueTask<(ApiKey? Key, ApiKeyProblem? Problem)> FindAsync(ApiKeys keys, CreatedApiKey made) => keys.FindAsync(made.Value, IPAddress.Loopback, default);
}
