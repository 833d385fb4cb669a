"""What a program does with a release by way of pyhelm3: pyhelm.py HELM NAMESPACE CHART."""
import asyncio, sys, warnings
from pyhelm3 import Client


async def main(helm, namespace, path):
    client = Client(executable=helm)
    chart = await client.get_chart(path)
    print(chart.metadata.name, chart.metadata.version, sorted(await chart.values()))
    print([one["kind"] for one in await client.template_resources(chart, "web", {"replicas": 2})])
    for replicas in (2, 3):
        revision = await client.install_or_upgrade_release(
            "web", chart, {"replicas": replicas}, namespace=namespace, create_namespace=True, atomic=True, wait=True
        )
        print(revision.release.name, revision.revision, revision.status.value)
    print([one.name for one in await client.list_releases(all=True, namespace=namespace)])
    current = await client.get_current_revision("web", namespace=namespace)
    print(current.revision, current.status.value, await current.values(), (await current.chart_metadata()).name)
    print([one["kind"] for one in await current.resources()])
    print([(one.revision, one.status.value) for one in await current.release.history()])
    await client.uninstall_release("web", namespace=namespace, wait=True)
    print([one.name for one in await client.list_releases(all=True, namespace=namespace)])


warnings.simplefilter("ignore")
asyncio.run(main(*sys.argv[1:4]))
