namespace TriggerConsole.Core.Amqp.Client.Connections;

/// <summary>Objects of the library that are over: letting go of them may take seconds and throw, and nobody needs to know.</summary>
internal static class Disposal
{
    public static async Task OfAsync(IAsyncDisposable disposable)
    {
        try { await disposable.DisposeAsync(); }
        catch (Exception) { /* it is over either way */ }
    }
}
