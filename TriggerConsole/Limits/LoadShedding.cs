using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>
/// Turns away what the server cannot take on now, with 503 and <c>Retry-After</c>, before anything of it was accepted. The ingress
/// does so itself (<c>IngressEndpoint</c>), and sign-ins have <see cref="SignInThrottle"/>. Pages are shed last: only by their own
/// number, never by load. Health checks and metrics are not shed at all; live connections are limited by the number of WebSockets.
/// </summary>
internal sealed class LoadShedding(RequestDelegate next, LoadGates gates, LoadMonitor monitor)
{
    public Task InvokeAsync(HttpContext context) => RequestKind.Of(context.Request) switch
    {
        LimitPolicy.Api => monitor.Sheds ? ShedAsync(context, gates.Api) : PassAsync(context, gates.Api, LimitPolicy.Api),
        LimitPolicy.Echo => PassAsync(context, gates.Echo, LimitPolicy.Echo),
        LimitPolicy.Pages when !RequestKind.StaysOpen(context.Request) => PassAsync(context, gates.Pages, LimitPolicy.Pages),
        _ => next(context),
    };

    private static Task ShedAsync(HttpContext context, LoadGate gate)
    {
        gate.NoteRefused();
        return LimitAnswers.ShedAsync(context, LimitPolicy.Api);
    }

    private async Task PassAsync(HttpContext context, LoadGate gate, LimitPolicy kind)
    {
        if (!gate.TryEnter(context.Connection.RemoteIpAddress, out var slot))
        {
            await LimitAnswers.ShedAsync(context, kind);
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            gate.Leave(slot);
        }
    }
}
