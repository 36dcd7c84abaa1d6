using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Callbacks;

/// <summary>
/// Sends an event to a callback from inside, for the pages: whoever may do that needs no token. Everything else is as for a
/// request from outside.
/// </summary>
internal sealed class CallbackSender(CallbackDirectory callbacks, CallbackIngress ingress)
{
    private const string UserAgent = "TriggerConsole";

    /// <param name="body">The payload, JSON.</param>
    /// <param name="actor">Who sends it: e-mail of the user.</param>
    public async Task<CommandResult<IngressReceipt>> SendJsonAsync(Guid callbackId, byte[] body, string? actor)
    {
        if (callbacks.Find(callbackId) is not { } callback) return new Refusal.NotFound($"There is no callback {callbackId}.");
        if (!callback.Enabled) return new Refusal.Conflict("This callback is switched off. Switch it on first.");
        if (body.Length > ingress.LimitOf(callback)) return new Refusal.Invalid("body", ingress.TooLarge(callback).Message);
        var (receipt, refusal) = await ingress.AcceptAsync(callback, new()
        {
            Method = callback.MethodList.Contains("POST") ? "POST" : callback.MethodList[0],
            Path = callback.Path is { } path ? $"/api/trigger/custom/{path}" : $"/api/trigger/{callback.Id}",
            QueryString = "",
            Token = null,
            ContentType = "application/json",
            ContentLength = body.Length,
            Headers = [new("Content-Type", "application/json"), new("User-Agent", UserAgent)],
            RemoteAddress = null,
            UserAgent = UserAgent,
            IdempotencyKey = null,
            Hops = 0,
            Actor = actor,
        }, body);
        return receipt is not null ? receipt : new Refusal.Unavailable(refusal!.Message, refusal.RetryAfter ?? TimeSpan.FromSeconds(2));
    }
}
