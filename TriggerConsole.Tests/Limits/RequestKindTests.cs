using Microsoft.AspNetCore.Http;
using TriggerConsole.Core.Limits;
using TriggerConsole.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class RequestKindTests
{
    [Theory]
    [InlineData("POST", "/api/trigger/01a1fe27-2495-7000-bb9a-0e314e647b53", LimitPolicy.Ingress)]
    [InlineData("POST", "/API/Trigger/custom/shop/orders", LimitPolicy.Ingress)]
    [InlineData("GET", "/api/triggers", LimitPolicy.Api)]
    [InlineData("GET", "/api", LimitPolicy.Api)]
    [InlineData("GET", "/apis", LimitPolicy.Pages)]
    [InlineData("POST", "/api/auth/token", LimitPolicy.Account)]
    [InlineData("GET", "/api/health", LimitPolicy.Health)]
    [InlineData("GET", "/health/live", LimitPolicy.Health)]
    [InlineData("GET", "/metrics", LimitPolicy.Metrics)]
    [InlineData("GET", "/openapi/v1.json", LimitPolicy.Api)]
    [InlineData("POST", "/hubs/live/negotiate", LimitPolicy.Hub)]
    [InlineData("POST", "/_blazor/negotiate", LimitPolicy.Hub)]
    [InlineData("GET", "/_blazor", LimitPolicy.Pages)]
    [InlineData("POST", "/account/sign-in", LimitPolicy.Account)]
    [InlineData("POST", "/Account/Setup", LimitPolicy.Account)]
    [InlineData("GET", "/account/password", LimitPolicy.Pages)]
    [InlineData("POST", "/echo/x", LimitPolicy.Echo)]
    [InlineData("GET", "/", LimitPolicy.Pages)]
    [InlineData("GET", "/executions", LimitPolicy.Pages)]
    [InlineData("GET", "", LimitPolicy.Pages)]
    public void Of_Path_IsWhatRoutingMakesOfIt(string method, string path, LimitPolicy policy)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = (method, path);
        Assert.Equal(policy, RequestKind.Of(context.Request));
    }
}
