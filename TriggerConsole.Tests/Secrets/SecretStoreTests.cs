using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Secrets.Keys;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Secrets;

public sealed class SecretStoreTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-store-").FullName;
    private readonly ManualTimeProvider _time = new();
    private KeyBench _node = null!;

    private SecretStore Store => _node.Secrets;

    public async Task InitializeAsync() => _node = await KeyBench.StartAsync(_folder, _time);

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task NewValue_WithOverlap_KeepsTheOneBeforeUntilThen()
    {
        await Store.SetAsync("KEY", "one", null, default);
        var changed = (await Store.SetAsync("KEY", new SecretChange { Value = "two", OverlapHours = 24 }, default)).Value!;

        Assert.Equal(_time.GetUtcNow().AddHours(24), changed.PreviousUntil);
        Assert.Equal(("two", "one"), (Store.Find("KEY"), Store.FindPrevious("key", _time.GetUtcNow())));
        // Another node knows it as well
        await using var other = await KeyBench.StartAsync(_folder, _time);
        Assert.Equal("one", other.Secrets.FindPrevious("KEY", _time.GetUtcNow()));

        _time.Advance(TimeSpan.FromHours(24));
        Assert.Null(Store.FindPrevious("KEY", _time.GetUtcNow()));
        Assert.Null((await Store.ListAsync(default)).Single().PreviousUntil);
    }

    [Fact]
    public async Task NewValue_WithoutOverlap_EndsTheOneBeforeAtOnce()
    {
        await Store.SetAsync("KEY", "one", null, default);
        await Store.SetAsync("KEY", new SecretChange { Value = "two", OverlapHours = 24 }, default);
        await Store.SetAsync("KEY", new SecretChange { Value = "two" }, default); // no new value: the overlap goes on
        Assert.Equal("one", Store.FindPrevious("KEY", _time.GetUtcNow()));

        await Store.SetAsync("KEY", new SecretChange { OverlapHours = 0 }, default);
        Assert.Null(Store.FindPrevious("KEY", _time.GetUtcNow()));
        await Store.SetAsync("KEY", "three", null, default);
        Assert.Null(Store.FindPrevious("KEY", _time.GetUtcNow()));
    }

    [Theory]
    [InlineData(-1, "new", "overlapHours")]
    [InlineData(721, "new", "overlapHours")]
    [InlineData(5, null, "overlapHours")]
    [InlineData(0, "", "value")]
    public async Task Change_ThatMakesNoSense_IsRefusedByField(int overlap, string? value, string field)
    {
        await Store.SetAsync("KEY", "one", null, default);
        var refused = (await Store.SetAsync("KEY", new SecretChange { Value = value, OverlapHours = overlap }, default)).Refusal;

        Assert.Equal(field, Assert.Single(Assert.IsType<Refusal.Invalid>(refused).Errors).Field);
        Assert.Equal("one", Store.Find("KEY"));
    }

    [Fact]
    public async Task Age_IsThatOfTheValue_AndRemindsWhenItIsOld()
    {
        await Store.SetAsync("KEY", "one", null, default);
        _time.Advance(TimeSpan.FromDays(366));
        var described = (await Store.SetAsync("KEY", null, "still the same", default)).Value!;
        Assert.True(described.IsOld);
        Assert.Equal(366, (_time.GetUtcNow() - described.ValueChangedAt).Days);

        Assert.False((await Store.SetAsync("KEY", "two", null, default)).Value!.IsOld);
    }

    [Fact]
    public async Task Use_IsShownAtOnceAndWrittenDownLater()
    {
        await Store.SetAsync("KEY", "one", null, default);
        Assert.Null((await Store.ListAsync(default)).Single().LastUsedAt);
        _time.Advance(TimeSpan.FromMinutes(5));
        Store.Used("key");
        Store.Used("unknown");

        Assert.Equal(_time.GetUtcNow(), (await Store.ListAsync(default)).Single().LastUsedAt);
        await Store.SaveUsesAsync(default);
        await using var other = await KeyBench.StartAsync(_folder, _time);
        var read = (await other.Secrets.ListAsync(default)).Single();
        Assert.Equal(_time.GetUtcNow(), read.LastUsedAt);
        Assert.Equal(_time.GetUtcNow().AddMinutes(-5), read.UpdatedAt); // it is no change
    }
}
