using System.Text;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Callbacks;

public sealed class CallbackSenderTests
{
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("""{"type":"test.fired"}""");

    [Fact]
    public async Task Send_TriggerIsThere_StoresTheEventWithItsActorAndFires()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");
        var result = await app.Get<CallbackSender>().SendJsonAsync(callback.Id, s_body, "ada@example.com");
        var execution = Assert.Single(result.Value!.Executions);
        await app.WaitForAsync(execution.Id, "Succeeded");
        var stored = await app.Get<EventQueries>().FindAsync(result.Value.EventId, CancellationToken.None);
        Assert.Equal(("ada@example.com", EventOrigin.Callback, "test.fired", "POST"), (stored!.Event.Actor, stored.Event.Origin, stored.Event.EventType, stored.Event.Method));
        Assert.Equal(s_body, stored.Body);
    }

    [Fact]
    public async Task Send_OnlyPutIsAllowed_UsesPut()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x", callback: new { name = "Put", methods = new[] { "PUT" } });
        var result = await app.Get<CallbackSender>().SendJsonAsync(callback.Id, s_body, null);
        Assert.Equal("PUT", (await app.Get<EventQueries>().FindAsync(result.Value!.EventId, CancellationToken.None))!.Event.Method);
    }

    [Fact]
    public async Task Send_SwitchedOffTooLargeOrUnknown_IsRefusedAndStoresNothing()
    {
        await using var app = await TestApp.StartAsync();
        var sender = app.Get<CallbackSender>();
        var off = await app.CreateCallbackAsync($"{app.Address}echo/x", callback: new { name = "Off", enabled = false });
        var small = await app.CreateCallbackAsync($"{app.Address}echo/x", callback: new { name = "Small", maxBodyBytes = 10 });
        Assert.IsType<Refusal.Conflict>((await sender.SendJsonAsync(off.Id, s_body, null)).Refusal);
        Assert.IsType<Refusal.Invalid>((await sender.SendJsonAsync(small.Id, s_body, null)).Refusal);
        Assert.IsType<Refusal.NotFound>((await sender.SendJsonAsync(Guid.NewGuid(), s_body, null)).Refusal);
        Assert.False(await app.Get<EventQueries>().AnyAsync(CancellationToken.None));
    }
}
