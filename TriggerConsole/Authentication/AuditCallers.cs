using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using TriggerConsole.Core.Audit;

namespace TriggerConsole.Authentication;

/// <summary>Who acts, for the audit log: the caller of the request.</summary>
internal sealed class RequestCaller(IHttpContextAccessor accessor) : IAuditActorSource
{
    /// <summary>Made only when something is recorded: most requests are events, which record nothing here.</summary>
    public AuditActor? Current => accessor.HttpContext is { } context ? Of(context.User, AddressOf(context)) : null;

    public static string? AddressOf(HttpContext context)
        => context.Connection.RemoteIpAddress is not { } address ? null : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : Bare(address)).ToString();

    public static AuditActor Of(ClaimsPrincipal user, string? address)
    {
        if (user.Identity is not { IsAuthenticated: true } identity) return new(AuditActorKind.Nobody, null, "", address);
        var kind = identity.AuthenticationType == ApiKeyAuthentication.SchemeName ? AuditActorKind.ApiKey : AuditActorKind.User;
        return new(kind, user.FindFirstValue(ClaimTypes.NameIdentifier), user.Actor() ?? "", address);
    }

    // Without the zone, which names a network card of ours
    private static IPAddress Bare(IPAddress address) => address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new(address.GetAddressBytes()) : address;
}

/// <summary>Who acts on an open page: its user, from where its connection comes.</summary>
internal sealed class PageCaller(AuthenticationStateProvider state, IHttpContextAccessor accessor) : CircuitHandler
{
    private string? _address;

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        // Again after each reconnect, which may come from elsewhere
        if (accessor.HttpContext is { } context) _address = RequestCaller.AddressOf(context);
        return Task.CompletedTask;
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        AuditActors.Enter(RequestCaller.Of((await state.GetAuthenticationStateAsync()).User, _address));
        await next(context);
    };
}
